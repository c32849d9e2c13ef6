// A path as it may be logged and shown: without a card number, in whatever encoding, and over as
// many segments as it is written.
import { holdsCardNumber, withoutCardNumbers } from "./card-data.ts";

/** A client that encodes does it once; one that does it by mistake, twice. */
const MOST_DECODINGS = 3;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** The path as it was sent; where it holds a card number, decoded and without it. */
export function shownPath(path: string): string {
  let text = path;
  for (let nth = 0; nth <= MOST_DECODINGS; nth++) {
    if (holdsCardNumber(text)) return withoutCardNumbers(text);
    const decoded = text.replace(ESCAPES, decodedOr);
    if (decoded === text) break;
    text = decoded;
  }
  return path;
}

/** What is no UTF-8 separates digits like any other sign. */
function decodedOr(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return " ";
  }
}
