/** A page of a list, as the service returns it. */
interface Page<Node> {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

/** The position of a page. */
export interface PagePosition {
  /** The number of items, in 1..100. */
  first: number;
  after?: string;
}

/** The largest page that the service returns. */
const PAGE_SIZE = 100;

/** Yields all items of a list, and reads a page when it is needed. Ends if the list does not exist. */
export async function* allPages<Node>(
  read: (position: PagePosition) => Promise<Page<Node> | null | undefined>,
): AsyncGenerator<Node> {
  let position: PagePosition = { first: PAGE_SIZE };
  for (;;) {
    const page = await read(position);
    if (!page) return;
    for (const { node } of page.edges) yield node;
    if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor == null) return;
    position = { first: PAGE_SIZE, after: page.pageInfo.endCursor };
  }
}
