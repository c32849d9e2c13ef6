// A zip with one deflated file. Terraform deploys by the zip's hash, so the same file makes the same
// bytes wherever and whenever: nothing of the clock is in it, and it is deflated by code of our own
// choice, because Node's zlib deflates otherwise on another processor.
import { zipSync } from "fflate";

/** The first day that the format can write, in whatever zone this machine is: the format knows no zones. */
const FIRST_DAY = new Date(1980, 0, 1);
const UNIX = 3;
/** `-rw-r--r--`: Lambda's user must be able to read it. */
const MODE = (0o100644 << 16) >>> 0;

/** The zip archive that holds `content` under `name`. */
export const zipOf = (name: string, content: Buffer): Buffer =>
  Buffer.from(zipSync({ [name]: [content, { level: 6, mtime: FIRST_DAY, os: UNIX, attrs: MODE }] }));
