const SCALE = 2;
const MARGIN = 24;
const TITLE = 26;
/** What a drawing takes from the page's style sheet, which a picture of it does not have. */
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight"];

/** The charts of the page in one picture, as they are: in this theme, at this width. */
export async function pictureOf(part: HTMLElement, heading: string): Promise<Blob> {
  const charts = [...part.querySelectorAll<SVGSVGElement>("svg[data-chart]")];
  const page = getComputedStyle(document.body);
  const width = Math.max(320, ...charts.map((chart) => chart.clientWidth)) + 2 * MARGIN;
  const height = charts.reduce((sum, chart) => sum + TITLE + chart.clientHeight + MARGIN, 2 * MARGIN + TITLE);
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw pictures.");
  context.scale(SCALE, SCALE);
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, width, height);
  context.fillStyle = page.color;
  const write = (text: string, size: number, y: number) => {
    context.font = `600 ${size}px ${page.fontFamily}`;
    context.fillText(text, MARGIN, y, width - 2 * MARGIN);
  };
  let y = MARGIN + 15;
  write(heading, 15, y);
  y += TITLE;
  for (const chart of charts) {
    write(chart.dataset.chart ?? "", 13, y);
    y += TITLE - 13;
    context.drawImage(await drawn(chart), MARGIN, y, chart.clientWidth, chart.clientHeight);
    y += chart.clientHeight + MARGIN + 13;
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}

/** A chart by itself, with the styles that it has here. */
async function drawn(chart: SVGSVGElement): Promise<HTMLImageElement> {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll<SVGElement>("*");
  chart.querySelectorAll("*").forEach((element, index) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) copies[index]?.setAttribute(name, style.getPropertyValue(name));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}

/** Hands a file to whoever looks at the page. */
export function download(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
