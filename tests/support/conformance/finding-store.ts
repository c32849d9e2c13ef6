// What every store of findings does: one finding per payment and kind, opened anew by news and by
// nothing else, closed and kept.
import { describe, expect, it } from "@jest/globals";
import type { Finding, FindingStore } from "../../../functions/lib/ports/finding-store.ts";

/** `times`: how often the finding was opened. */
type Stored = {
  details: string[];
  cause?: string | undefined;
  times: number;
  closed_at?: string | undefined;
};
export type FindingStores = {
  findings: FindingStore;
  find: (paymentId: string, kind: Finding["kind"]) => Promise<Stored | undefined>;
};

const at = (minute: number): string => `2026-01-01T00:0${minute}:00.000Z`;

export function describeFindingStore(name: string, make: () => Promise<FindingStores>): void {
  describe(`a finding in ${name}`, () => {
    const finding = (payment_id: string, change: Partial<Finding> = {}): Finding => ({
      payment_id,
      kind: "saga-failed",
      details: ["execution p gave up at OnRamp with OutcomeUnknown"],
      found_at: at(1),
      ...change,
    });

    it("is opened once, however often it is said, with other words of the execution too", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-said-again", { cause: "one" }));
      await findings.open(finding("a0-said-again", { cause: "one" }));
      await findings.open(finding("a0-said-again", { cause: "two", found_at: at(2) }));
      expect(await find("a0-said-again", "saga-failed")).toMatchObject({ times: 1, cause: "one" });
    });

    it("is opened anew by another story, and says that one", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-news", { cause: "one" }));
      const details = ["execution p gave up at ReverseOnRamp with UndoRefused", "value is held in transit"];
      await findings.open(finding("a0-news", { details, found_at: at(2) }));
      const stored = await find("a0-news", "saga-failed");
      expect(stored).toMatchObject({ times: 2, details });
      expect(stored?.cause).toBeUndefined();
    });

    it("stands beside one of another kind", async () => {
      const { findings } = await make();
      await findings.open(finding("a0-kinds"));
      await findings.open(finding("a0-kinds", { kind: "trail-incomplete", found_at: at(2) }));
      const open = (await findings.listOpen(100)).filter(({ payment_id }) => payment_id === "a0-kinds");
      expect(open).toEqual([
        { payment_id: "a0-kinds", kind: "saga-failed", found_at: at(1) },
        { payment_id: "a0-kinds", kind: "trail-incomplete", found_at: at(2) },
      ]);
    });

    it("is closed once, kept, and listed no more", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-closed"));
      await findings.close("a0-closed", at(2));
      await findings.close("a0-closed", at(3));
      await findings.close("a0-nothing-found", at(3));
      expect(await find("a0-closed", "saga-failed")).toMatchObject({ closed_at: at(2), times: 1 });
      const open = (await findings.listOpen(100)).map(({ payment_id }) => payment_id);
      expect(open).not.toContain("a0-closed");
      expect(await find("a0-nothing-found", "saga-failed")).toBeUndefined();
    });

    it("stays open when it was found after the look that closes", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-later", { found_at: at(2) }));
      await findings.close("a0-later", at(1));
      expect((await find("a0-later", "saga-failed"))?.closed_at).toBeUndefined();
    });

    it("is not told by whoever looked before it was found", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-older", { found_at: at(2) }));
      await findings.open(finding("a0-older", { details: ["what was so before"], found_at: at(1) }));
      expect(await find("a0-older", "saga-failed")).toMatchObject({ times: 1, details: finding("").details });
    });

    it("stays open for a person where a provider contradicts itself, whatever else is closed", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-contradicted", { kind: "provider-disagrees" }));
      await findings.open(finding("a0-contradicted"));
      await findings.close("a0-contradicted", at(2));
      expect((await find("a0-contradicted", "provider-disagrees"))?.closed_at).toBeUndefined();
      expect((await find("a0-contradicted", "saga-failed"))?.closed_at).toBe(at(2));
    });

    it("is closed by its kind, and no other with it", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-settled"));
      await findings.open(finding("a0-settled", { kind: "journal-unfolded" }));
      await findings.settle("a0-settled", "journal-unfolded", at(0));
      expect((await find("a0-settled", "journal-unfolded"))?.closed_at).toBeUndefined();
      await findings.settle("a0-settled", "journal-unfolded", at(2));
      await findings.settle("a0-settled", "journal-unfolded", at(3));
      expect((await find("a0-settled", "journal-unfolded"))?.closed_at).toBe(at(2));
      expect((await find("a0-settled", "saga-failed"))?.closed_at).toBeUndefined();
      await findings.settle("a0-nothing-settled", "journal-unfolded", at(2));
      expect(await find("a0-nothing-settled", "journal-unfolded")).toBeUndefined();
    });

    it("comes again after it was closed, though it says the same, and not by a message from before", async () => {
      const { findings, find } = await make();
      await findings.open(finding("a0-again"));
      await findings.close("a0-again", at(2));
      await findings.open(finding("a0-again", { details: ["late"], found_at: at(1) }));
      expect(await find("a0-again", "saga-failed")).toMatchObject({ closed_at: at(2), times: 1 });
      await findings.open(finding("a0-again", { found_at: at(3) }));
      const stored = await find("a0-again", "saga-failed");
      expect(stored).toMatchObject({ times: 2 });
      expect(stored?.closed_at).toBeUndefined();
    });

    it("is listed with no more than asked for, the oldest first", async () => {
      const { findings } = await make();
      for (const minute of [3, 1, 2])
        await findings.open(finding(`a${minute}-listed`, { found_at: `2020-01-01T00:0${minute}:00.000Z` }));
      const listed = await findings.listOpen(2);
      expect(listed.map(({ payment_id }) => payment_id)).toEqual(["a1-listed", "a2-listed"]);
    });
  });
}
