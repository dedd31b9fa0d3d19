import { dataOrderRows } from "./dataOrderRows";
import { dataRows } from "./dataRows";
import { dsRows } from "./dsRows";
import { besideRows, keyRows, rsaRows } from "./keyRows";
import { signatureRows, twinRows } from "./signatureRows";
import type { Row } from "./zones";

export const rows: readonly Row[] = [
  ...dsRows,
  ...keyRows,
  ...besideRows,
  ...rsaRows,
  ...signatureRows,
  ...twinRows,
  ...dataRows,
  ...dataOrderRows,
];
