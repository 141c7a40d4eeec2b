import compositionVii from "./styles/composition-vii/manifest.json" with { type: "json" };
import greatWave from "./styles/great-wave/manifest.json" with { type: "json" };
import harbourRisingSun from "./styles/harbour-rising-sun/manifest.json" with { type: "json" };
import shipwreckMinotaur from "./styles/shipwreck-minotaur/manifest.json" with { type: "json" };
import starryNight from "./styles/starry-night/manifest.json" with { type: "json" };
import theScream from "./styles/the-scream/manifest.json" with { type: "json" };
import udnie from "./styles/udnie/manifest.json" with { type: "json" };
import womanWithAHat from "./styles/woman-with-a-hat/manifest.json" with { type: "json" };

/** A style that comes with the product: pure data, for it is bundled into the Worker. Its files lie in `styles/<name>/`. */
export interface ShippedStyle {
  /**
   * A TypeID whose UUID is of version 5 (RFC 9562, section 5.5): the name `urn:semblance:style:<name>` in the namespace of URLs. So
   * it stays what it is when the net is trained anew, and no two tenants see two ids of one style.
   */
  id: string;
  /** Its folder's name. */
  name: string;
  /** The painting's title and author. */
  origin: string;
  net: {
    sha256: string;
    bytes: number;
    /**
     * What its activations and kernels are. "bytes" (QDQ, uint8 and int8) where that takes at most 0.7 of float32's time and stays
     * above 30 dB beside the trained net: of the farthest, woman-with-a-hat, an eye that has both side by side sees a tint here
     * and there. `npm run bench -- --style` measures it again.
     */
    numbers: "bytes" | "float32";
    /** How near it comes to the trained net on photographs that were held out, in dB. */
    psnr: number;
  };
  /** What must be known of the net beside its file. */
  traits: {
    colours: { mean: number[]; covariance: number[] };
    grain: number;
    reach: number;
  };
}

/** Those that ship, by name. To add one: train it into `styles/<name>/`, and give it a line; a test tells its id. */
export const SHIPPED_STYLES: readonly ShippedStyle[] = [
  shipped("sty_0g5t4evvbfb9bvxw48qzzzyvgv", compositionVii),
  shipped("sty_5yhhw71dgeafv95w01n060s8t3", greatWave),
  shipped("sty_4p0vt27h2cbydthjwt016gnnws", harbourRisingSun),
  shipped("sty_0zn7en98fkbgqry9h4sqhbe3de", shipwreckMinotaur),
  shipped("sty_5330zmrktqb2z96mcahr7wwrc6", starryNight),
  shipped("sty_7bq31y3dnqbyg8we6afhm3cq61", theScream),
  shipped("sty_2xksshrhdva6m8tzmreemfsd54", udnie),
  shipped("sty_5afx36xb23bv199jejn14waxn1", womanWithAHat),
];

type Manifest = typeof starryNight;

function shipped(id: string, { name, painting, net, traits, psnr }: Manifest): ShippedStyle {
  return {
    id,
    name,
    origin: `${painting.title}, ${painting.author}`,
    net: { sha256: net.sha256, bytes: net.bytes, numbers: "bytes", psnr: psnr.quantized },
    traits,
  };
}
