// A zip with one deflated file. The same file always makes the same bytes, because Terraform
// deploys by the zip's hash. Nothing in it comes from the clock. A library deflates it, because the
// result of Node's zlib depends on the processor.
import { zipSync } from "fflate";

/** The first day that the format can write, in this machine's zone: the format knows no zones. */
const FIRST_DAY = new Date(1980, 0, 1);
const UNIX = 3;
/** `-rw-r--r--`: Lambda's user must be able to read it. */
const MODE = (0o100644 << 16) >>> 0;

/** The zip archive that holds `content` under `name`. */
export const zipOf = (name: string, content: Buffer): Buffer =>
  Buffer.from(zipSync({ [name]: [content, { level: 6, mtime: FIRST_DAY, os: UNIX, attrs: MODE }] }));
