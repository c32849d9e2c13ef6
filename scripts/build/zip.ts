// A zip with one deflated file, equal to the byte whenever the file is: Terraform deploys by the hash of the
// zip, so a timestamp in it would redeploy every function on every build.
import { crc32, deflateRawSync } from "node:zlib";

/** 1980-01-01, the first day that the format can write. */
const DOS_DATE = 0x0021;
const DEFLATED = 8;
/** 2.0: deflate. */
const VERSION = 20;
/** Made on Unix, so that `-rw-r--r--` below is read as Lambda's user must read it. */
const MADE_BY_UNIX = (3 << 8) | VERSION;
const MODE = (0o100644 << 16) >>> 0;

/** The zip archive that holds `content` under `name`. */
export function zipOf(name: string, content: Buffer): Buffer {
  const path = Buffer.from(name);
  const data = deflateRawSync(content, { level: 9 });
  const common = commonFields(path, content, data);

  const local = Buffer.alloc(4);
  local.writeUInt32LE(0x04034b50);

  const central = Buffer.alloc(6);
  central.writeUInt32LE(0x02014b50);
  central.writeUInt16LE(MADE_BY_UNIX, 4);
  const centralTail = Buffer.alloc(14);
  centralTail.writeUInt32LE(MODE, 6);

  const directory = Buffer.concat([central, common, centralTail, path]);
  const file = Buffer.concat([local, common, path, data]);
  return Buffer.concat([file, directory, endOfDirectory(directory.length, file.length)]);
}

/** The 26 bytes that the local header and the central directory share. */
function commonFields(path: Buffer, content: Buffer, data: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(path.length, 22);
  return fields;
}

function endOfDirectory(directorySize: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directorySize, 12);
  end.writeUInt32LE(directoryOffset, 16);
  return end;
}
