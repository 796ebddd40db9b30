/** Line colours that can be told apart on white and on black, by place: Leeway first. */
const LIGHT = ['#1f7a5c', '#b4443c', '#a06a12', '#5566c4'];
const DARK = ['#4cc29a', '#e98178', '#d9a548', '#93a2f0'];

const STYLE = `
text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#4b5563}
.title{font-size:15px;font-weight:600;fill:#1f2937}
.grid{stroke:#d1d5db;stroke-width:1}
.mark{stroke:#6b7280;stroke-width:1;stroke-dasharray:4 4}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
${LIGHT.map((colour, index) => `.s${index}{stroke:${colour}}.f${index}{fill:${colour}}`).join('')}
.band{fill-opacity:.18;stroke:none}
@media (prefers-color-scheme:dark){
text{fill:#9ca3af}.title{fill:#e5e7eb}.grid{stroke:#374151}.mark{stroke:#9ca3af}
${DARK.map((colour, index) => `.s${index}{stroke:${colour}}.f${index}{fill:${colour}}`).join('')}
}`;

/** A whole picture; its background stays that of the page. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${place(x)}" y="${place(y)}"${attributes && ` ${attributes}`}>${escaped(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, name: string): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}" class="${name}"/>`;
}

/** SVG path data through the points. */
export function pathThrough(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('');
}

/** A tenth of a pixel is enough, and keeps files small. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
