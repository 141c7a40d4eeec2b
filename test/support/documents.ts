/** The GraphQL documents that tests send. Each selects all fields of its possible answers. */
const FACE = /* GraphQL */ `box { x y width height } landmarks { x y } confidence quality`;
/** The fields of a problem besides its message. */
const FIELDS = {
  BadImage: "reason",
  NotFound: "missingId",
  PoorQuality: "quality minimum",
  ManyFaces: `faces { ${FACE} }`,
  ModelMismatch: "expected found",
  DifferentPerson: "subjectId distance threshold",
  LooksLikeOthers: "lookalikes { distance fpir subject { id name externalId } }",
  NoTemplate: "subjectId",
} as const;

/** Selections of problem types. */
const problems = (...types: (keyof typeof FIELDS)[]) =>
  ["... on Problem { message }", ...types.map((type) => `... on ${type} { ${FIELDS[type]} }`)].join(" ");

export const CREATE_COLLECTION = /* GraphQL */ `
  mutation CreateCollection($input: CreateCollectionInput!) {
    createCollection(input: $input) {
      __typename
      ... on CollectionCreated { collection { id name modelId subjectCount templateCount createdAt } }
      ... on Problem { message }
    }
  }`;

const enrollment = (more = "") => /* GraphQL */ `
  mutation Enroll($input: EnrollInput!) {
    enroll(input: $input) {
      __typename
      ... on Enrolled {
        created
        subject { id name externalId createdAt templates { edges { node { id } } } }
        template { id modelId quality createdAt }
        face { ${FACE} }
        ${more}
      }
      ${problems("NotFound", "BadImage", "PoorQuality", "ManyFaces", "ModelMismatch", "DifferentPerson", "LooksLikeOthers")}
    }
  }`;
export const ENROLL = enrollment();
export const ENROLL_WITH_LOOKALIKES = enrollment(FIELDS.LooksLikeOthers);

export const SUBJECT_BY_EXTERNAL_ID = /* GraphQL */ `
  query SubjectByExternalId($collectionId: ID!, $externalId: String!) {
    subject(collectionId: $collectionId, externalId: $externalId) { id name externalId }
  }`;

export const VERIFY = /* GraphQL */ `
  mutation Verify($input: VerifyInput!) {
    verify(input: $input) {
      __typename
      ... on Verification { decision distance threshold fmr millis probe { ${FACE} } }
      ${problems("NoTemplate", "NotFound", "BadImage", "PoorQuality", "ManyFaces", "ModelMismatch")}
    }
  }`;

export const IDENTIFY = /* GraphQL */ `
  mutation Identify($input: IdentifyInput!) {
    identify(input: $input) {
      __typename
      ... on Identification {
        gallerySize
        threshold
        millis
        faces { outcome face { ${FACE} } candidates { distance fpir subject { id name externalId } } }
      }
      ${problems("NotFound", "BadImage", "ModelMismatch")}
    }
  }`;

export const DETECT = /* GraphQL */ `
  mutation Detect($image: ImageInput!, $maxFaces: Int) {
    detect(image: $image, maxFaces: $maxFaces) {
      __typename
      ... on Detection { width height millis faces { ${FACE} } }
      ... on BadImage { reason message }
    }
  }`;

/** The document of a deletion, by the name of the mutation. */
export const deletion = (mutation: "deleteTemplate" | "deleteSubject" | "deleteCollection" | "revokeApiKey") =>
  /* GraphQL */ `
  mutation Delete($id: ID!) {
    deleted: ${mutation}(id: $id) { __typename ... on Deleted { deletedId templates } ... on Problem { message } }
  }`;

export const MERGE = /* GraphQL */ `
  mutation Merge($input: MergeSubjectsInput!) {
    mergeSubjects(input: $input) {
      __typename
      ... on SubjectsMerged { subject { id name externalId templates { edges { node { id } } } } }
      ... on Problem { message }
    }
  }`;

export const UPDATE = /* GraphQL */ `
  mutation Update($input: UpdateSubjectInput!) {
    updateSubject(input: $input) {
      __typename
      ... on SubjectUpdated { subject { id name externalId } }
      ... on Problem { message }
    }
  }`;

export const NODE = /* GraphQL */ `
  query Node($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Subject { name externalId templates { edges { node { id } } } collection { id } }
      ... on Template { quality modelId }
      ... on Collection { collectionName: name subjectCount templateCount }
    }
  }`;
