/** The documents that the measurements send. */
export const VERIFY_SUBJECT = /* GraphQL */ `
  query VerifySubject($probe: Upload!, $subject: ID!) {
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
  query Identify($collection: ID!, $probe: Upload!) {
    identify(input: { collectionId: $collection, probe: { upload: $probe } }) {
      __typename
      ... on Identification { gallerySize faces { outcome } }
    }
  }`;

export const DETECT = /* GraphQL */ `
  query Detect($image: Upload!, $maxFaces: Int) {
    detect(image: { upload: $image }, maxFaces: $maxFaces) {
      __typename
      ... on Detection { width height faces { confidence } }
      ... on Problem { message }
    }
  }`;
