// Stacked bars as SVG. The ground is transparent and the letters follow the reader's light or dark,
// so that both can read it.

/** `parts` of a bar by their names; the same name has one colour in all bars of a panel. */
export type Bar = { name: string; parts: Record<string, number> };
export type Panel = { title: string; unit: string; digits: number; bars: Bar[] };

const WIDTH = 860;
const LEFT = 170;
const RIGHT = 80;
const BAR = 22;
const GAP = 8;
const LINE = 20;
/** Middle tones, which both grounds bear, far apart for eyes that tell few colours apart. */
const COLOURS = [
  "#3b82c4",
  "#e08a1e",
  "#2f9e6e",
  "#c2558f",
  "#8a6fd1",
  "#b8a02a",
  "#4aa7b5",
  "#c4553b",
  "#7d8590",
  "#94b447",
  "#a86f4d",
];

const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 14px; }
@media (prefers-color-scheme: dark) { text { fill: #d7dde3; } }
</style>`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const sumOf = ({ parts }: Bar): number => Object.values(parts).reduce((sum, value) => sum + value, 0);
const text = (x: number, y: number, content: string, more = ""): string =>
  `<text x="${x}" y="${y}"${more}>${escaped(content)}</text>`;
const rect = (x: number, y: number, width: number, height: number, colour: string, title = ""): string =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${colour}">` +
  `${title && `<title>${escaped(title)}</title>`}</rect>`;

export function pictureOf(panels: readonly Panel[]): string {
  const drawn: string[] = [];
  let y = 0;
  for (const panel of panels) {
    const { lines, height } = draw(panel, y);
    drawn.push(...lines);
    y += height;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`;
  const title = `<title>${panels.map((panel) => escaped(panel.title)).join("; ")}</title>`;
  return `${[head, title, STYLE, ...drawn, "</svg>"].join("\n")}\n`;
}

function draw({ title, unit, digits, bars }: Panel, top: number): { lines: string[]; height: number } {
  const names = namesOf(bars);
  const colourOf = (name: string): string => COLOURS[names.indexOf(name) % COLOURS.length] as string;
  const most = Math.max(...bars.map(sumOf));
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const lines = [text(0, top + 24, `${title}, ${unit}`, ' class="title"')];
  let y = top + 36;
  for (const bar of bars) {
    lines.push(text(LEFT - 10, y + 16, bar.name, ' text-anchor="end"'));
    let x = LEFT;
    for (const name of names) {
      const value = bar.parts[name] ?? 0;
      lines.push(rect(x, y, value * scale, BAR, colourOf(name), `${name}: ${value.toFixed(digits)} ${unit}`));
      x += value * scale;
    }
    lines.push(text(Math.round(x) + 8, y + 16, sumOf(bar).toFixed(digits)));
    y += BAR + GAP;
  }
  const legend = legendOf(names, y, colourOf);
  return { lines: [...lines, ...legend.lines], height: legend.bottom + 14 - top };
}

/** All names, the largest part of any bar first. */
function namesOf(bars: readonly Bar[]): string[] {
  const most = new Map<string, number>();
  for (const { parts } of bars)
    for (const [name, value] of Object.entries(parts)) most.set(name, Math.max(value, most.get(name) ?? 0));
  return [...most].sort(([, one], [, other]) => other - one).map(([name]) => name);
}

function legendOf(names: readonly string[], top: number, colourOf: (name: string) => string) {
  const lines: string[] = [];
  let [x, y] = [LEFT, top + 4];
  for (const name of names) {
    // Wide enough for whatever font the reader's machine takes.
    const width = 32 + name.length * 8.2;
    if (x + width > WIDTH) [x, y] = [LEFT, y + LINE];
    lines.push(rect(x, y, 11, 11, colourOf(name)), text(Math.round(x) + 16, y + 10, name));
    x += width;
  }
  return { lines, bottom: y + LINE };
}

/** The largest parts by their names, and all others as one: thirty colours tell nothing. */
export function largest(parts: Record<string, number>, keep: number): Record<string, number> {
  const sorted = Object.entries(parts).sort(([, one], [, other]) => other - one);
  const others = sorted.slice(keep).reduce((sum, [, value]) => sum + value, 0);
  return { ...Object.fromEntries(sorted.slice(0, keep)), ...(others > 0 ? { others } : {}) };
}
