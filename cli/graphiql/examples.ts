/** A tab of GraphiQL. `COLLECTION` in the variables stands for the ID of the collection of the examples. */
interface Example {
  query: string;
  variables: { input: object };
}

/** The sample photographs of the page, by the names that the examples use: two of one person, and one of another. */
export const SAMPLES = {
  "armstrong-1.jpg": "test/fixtures/photos/people/neil-armstrong/1.jpg",
  "armstrong-2.jpg": "test/fixtures/photos/people/neil-armstrong/2.jpg",
  "shepard.jpg": "test/fixtures/photos/people/alan-shepard/1.jpg",
} as const;

const file = (name: keyof typeof SAMPLES) => ({ upload: `file:${name}` });

export const EXAMPLES: readonly Example[] = [
  {
    query: `# Enrolls a person in the collection "Examples".
# To upload your own photograph, choose it at the bottom right, and replace the name of the file in the variables.
mutation Enroll($input: EnrollInput!) {
  enroll(input: $input) {
    __typename
    ... on Enrolled {
      created
      subject { id name externalId }
      face { quality box { x y width height } }
    }
    ... on Problem { message }
  }
}
`,
    variables: {
      input: {
        collectionId: "COLLECTION",
        image: file("armstrong-1.jpg"),
        externalId: "armstrong",
        name: "Neil Armstrong",
      },
    },
  },
  {
    query: `# Compares two photographs (1:1).
mutation Verify($input: VerifyInput!) {
  verify(input: $input) {
    __typename
    ... on Verification { decision distance threshold fmr millis }
    ... on Problem { message }
  }
}
`,
    variables: {
      input: { probe: file("armstrong-2.jpg"), reference: { image: file("armstrong-1.jpg") } },
    },
  },
  {
    query: `# Searches the collection "Examples" for the person (1:N). Enroll the person in the first tab before.
mutation Identify($input: IdentifyInput!) {
  identify(input: $input) {
    __typename
    ... on Identification {
      gallerySize
      threshold
      faces {
        outcome
        candidates { distance fpir subject { id name } }
      }
    }
    ... on Problem { message }
  }
}
`,
    variables: { input: { collectionId: "COLLECTION", probe: file("armstrong-2.jpg") } },
  },
  {
    query: `# Paints a photograph in a style. Open the URL of the result to see it.
mutation Stylize($input: StylizeInput!) {
  stylize(input: $input) {
    __typename
    ... on Stylized { image { url width height } style { name origin } millis }
    ... on Problem { message }
  }
}
`,
    variables: { input: { image: file("shepard.jpg"), styleId: "starry-night" } },
  },
];
