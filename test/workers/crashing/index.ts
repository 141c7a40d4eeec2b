import kernel from "../../../workers/gallery/kernel/kernel.wasm";
import { SearchShard } from "../../../workers/gallery/shard.ts";
import type { Address } from "../../../workers/gallery/shards.ts";
import product from "../../../workers/index.ts";

/** The product, with a shard that crashes at its next calls when it was told to: a real abort of the Durable Object. */
export class GalleryShard extends SearchShard {
  protected override readonly kernel = kernel;

  async crashNext(calls: number): Promise<void> {
    await this.ctx.storage.put("crashes", calls);
  }

  override async catchUp(at: Address, head: number): Promise<void> {
    await this.#crashIfTold();
    return super.catchUp(at, head);
  }

  override async erase(): Promise<void> {
    await this.#crashIfTold();
    return super.erase();
  }

  async #crashIfTold(): Promise<void> {
    const left = (await this.ctx.storage.get<number>("crashes")) ?? 0;
    if (left === 0) return;
    await this.ctx.storage.put("crashes", left - 1);
    await this.ctx.storage.sync();
    this.ctx.abort("told to crash");
  }
}

export { JobChannel, JobLife } from "../../../workers/index.ts";

export default product;
