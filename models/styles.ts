import compositionVii from "./styles/composition-vii/manifest.json" with { type: "json" };
import greatWave from "./styles/great-wave/manifest.json" with { type: "json" };
import harbourRisingSun from "./styles/harbour-rising-sun/manifest.json" with { type: "json" };
import shipwreckMinotaur from "./styles/shipwreck-minotaur/manifest.json" with { type: "json" };
import starryNight from "./styles/starry-night/manifest.json" with { type: "json" };
import theScream from "./styles/the-scream/manifest.json" with { type: "json" };
import udnie from "./styles/udnie/manifest.json" with { type: "json" };
import womanWithAHat from "./styles/woman-with-a-hat/manifest.json" with { type: "json" };

/** A shipped style. Pure data, because it is bundled into the Worker. Its files are in `styles/<name>/`. */
export interface ShippedStyle {
  /**
   * A TypeID whose UUID has version 5 (RFC 9562, section 5.5): the name `urn:semblance:style:<name>` in the URL namespace. It stays
   * the same when the net is trained again, and it is the same for all tenants.
   */
  id: string;
  /** The name of its folder. */
  name: string;
  /** The painting's title and author. */
  origin: string;
  net: {
    sha256: string;
    bytes: number;
    /**
     * The type of activations and kernels. "bytes" (QDQ, uint8 and int8) if that takes at most 0.7 times float32's time and keeps a
     * PSNR above 30 dB relative to the trained net. For the lowest PSNR, woman-with-a-hat, a few slight tints are visible in a direct
     * comparison. `npm run bench -- --style` measures it again.
     */
    numbers: "bytes" | "float32";
    /** PSNR relative to the trained net on held-out photographs, in dB. */
    psnr: number;
  };
  /** The properties of the net that its file does not contain. */
  traits: {
    colours: { mean: number[]; covariance: number[] };
    grain: number;
    reach: number;
  };
}

/** The shipped styles, sorted by name. To add one, train it into `styles/<name>/` and add a line here; a test prints its id. */
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
