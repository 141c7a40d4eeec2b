/** The documents that the measurements send. */
export const VERIFY_SUBJECT = /* GraphQL */ `
  mutation VerifySubject($probe: Upload!, $subject: ID!) {
    verify(input: { probe: { upload: $probe }, reference: { subjectId: $subject } }) {
      __typename
      ... on Verification { decision distance }
    }
  }`;

export const CREATE = /* GraphQL */ `
  mutation Create($name: String!) {
    createCollection(input: { name: $name }) { ... on CollectionCreated { collection { id } } }
  }`;

export const ENROLL = /* GraphQL */ `
  mutation Enroll($collection: ID!, $image: Upload!) {
    enroll(input: { collectionId: $collection, image: { upload: $image } }) {
      __typename
      ... on Enrolled { subject { id } }
    }
  }`;

export const IDENTIFY = /* GraphQL */ `
  mutation Identify($collection: ID!, $probe: Upload!) {
    identify(input: { collectionId: $collection, probe: { upload: $probe } }) {
      __typename
      ... on Identification { gallerySize faces { outcome } }
    }
  }`;

export const DETECT = /* GraphQL */ `
  mutation Detect($image: Upload!, $maxFaces: Int) {
    detect(image: { upload: $image }, maxFaces: $maxFaces) {
      __typename
      ... on Detection { width height faces { confidence } }
      ... on Problem { message }
    }
  }`;

export const STYLIZE = /* GraphQL */ `
  mutation Stylize($image: Upload!, $styleId: ID!, $quality: StylizeQuality, $maxSide: Int) {
    stylize(input: { image: { upload: $image }, styleId: $styleId, quality: $quality, maxSide: $maxSide }) {
      __typename
      ... on Stylized { image { width height } }
      ... on Problem { message }
    }
  }`;

export const OPTIMIZE = /* GraphQL */ `
  mutation Optimize($image: Upload!) {
    optimizeStyle(
      input: { content: { upload: $image }, styles: [{ source: { styleId: "starry-night" } }], recipe: GATYS, steps: 100, maxSide: 256 }
    ) {
      __typename
      ... on JobStarted { job { id } }
      ... on Problem { message }
    }
  }`;

export const CANCEL_JOB = /* GraphQL */ `
  mutation Cancel($id: ID!) {
    cancelJob(id: $id) { __typename }
  }`;
