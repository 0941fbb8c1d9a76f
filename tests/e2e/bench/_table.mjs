// Numbers as a table, and the two figures that matter of a list of them.
import { percentile } from '../support/wait.mjs';

export const round = (value, digits = 1) => Number(value.toFixed(digits));
export const median = (values) => percentile(values, 0.5);
export const p95 = (values) => percentile(values, 0.95);

export function print(title, rows) {
  const heads = Object.keys(rows[0]);
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => String(row[head]).length)));
  const line = (cells) => `| ${cells.map((cell, n) => (n ? String(cell).padStart(widths[n]) : String(cell).padEnd(widths[n]))).join(' | ')} |`;
  console.log(`\n${title}`);
  console.log(line(heads));
  console.log(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const row of rows) console.log(line(heads.map((head) => row[head])));
}
