// The bootstrap's own state in the bucket that it made.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

export type StateFile = { lineage: string; serial: number };

/** Undefined where there is no bucket yet, or no such state in it. */
export async function stateIn(Bucket: string, region: string): Promise<StateFile | undefined> {
  try {
    const found = await new S3Client({ region }).send(
      new GetObjectCommand({ Bucket, Key: "bootstrap.tfstate" }),
    );
    return JSON.parse((await found.Body?.transformToString()) ?? "");
  } catch (error) {
    if (["NoSuchBucket", "NoSuchKey"].includes((error as Error).name)) return undefined;
    throw error;
  }
}

/** True when what is on this machine is nothing newer than what is in the bucket. */
export const isSameState = (here: StateFile, there: StateFile): boolean =>
  here.lineage === there.lineage && here.serial <= there.serial;
