/** Returns the middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns a table in Markdown, with the first column aligned left. */
export function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const line = (cells, fill = " ") =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0], fill) : cell.padStart(widths[column], fill))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  const [first, ...others] = lines;
  return [line(first), line(rule), ...others.map((cells) => line(cells))].join("\n");
}
