import type { Canvas } from "@napi-rs/canvas";
import { COLORS, type Sheet } from "./contact-sheet.ts";
import { OUTSIDE_COLOR } from "./crop-patch.ts";

/**
 * The sheet as one HTML file that contains all its pictures and loads nothing. `heatMap` is a PNG that is shown below
 * the units.
 */
export async function page(
  { title, notes, units }: Sheet,
  heatMap?: { png: Uint8Array; alt: string },
): Promise<string> {
  const cards = await Promise.all(
    units.map(async ({ unit, selectivity, patches }) => {
      const strongest = patches[0]?.activation ?? 1;
      const figures = patches.map(async ({ picture, activation, image }) => {
        const caption = `${picture}, activation ${activation.toPrecision(4)}`;
        const share = ((100 * activation) / strongest).toFixed(1);
        return `<img src="${await webp(image)}" alt="${escapeHtml(caption)}" title="${escapeHtml(caption)}" style="--share: ${share}%">`;
      });
      const shown = (await Promise.all(figures)).map((figure) => `<span>${figure}</span>`).join("\n");
      const note = patches.length === 0 ? "no picture activates it" : `selectivity ${selectivity.toFixed(2)}`;
      return `<section id="unit-${unit}">
<h2>unit ${unit} <small>${note}${patches.length > 0 ? `, at most ${strongest.toPrecision(4)}` : ""}</small></h2>
<div class="patches">
${shown}
</div>
</section>`;
    }),
  );
  const heat = heatMap
    ? `<figure><img src="data:image/png;base64,${Buffer.from(heatMap.png).toString("base64")}" alt="${escapeHtml(heatMap.alt)}"></figure>`
    : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { margin: 2.5rem; background: ${COLORS.page}; color: ${COLORS.text}; font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.6rem; }
p { margin: 0; color: ${COLORS.faint}; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1.5rem; margin-top: 2rem; }
section { padding: .8rem 1rem 1rem; border-radius: .6rem; background: ${COLORS.card}; }
section:target { outline: 2px solid ${COLORS.accent}; }
h2 { display: flex; justify-content: space-between; align-items: baseline; margin: 0 0 .5rem; font-size: 1rem; }
small { color: ${COLORS.faint}; font-weight: normal; }
.patches { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem; }
.patches span { position: relative; background: ${OUTSIDE_COLOR}; }
.patches img { display: block; width: 100%; border-bottom: 3px solid; border-image: linear-gradient(90deg, ${COLORS.accent} var(--share), transparent var(--share)) 1; }
.patches span:hover { outline: 2px solid ${COLORS.accent}; z-index: 1; }
.patches span:hover img { transform: scale(1.6); position: relative; z-index: 2; }
figure { margin: 2rem 0 0; }
figure img { max-width: 100%; border-radius: .6rem; }
</style>
<h1>${escapeHtml(title)}</h1>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join("\n")}
<main>
${cards.join("\n")}
</main>
${heat}
</html>
`;
}

async function webp(image: Canvas): Promise<string> {
  return `data:image/webp;base64,${(await image.encode("webp", 90)).toString("base64")}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for HTML content and quoted attributes. File names can contain any characters. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
