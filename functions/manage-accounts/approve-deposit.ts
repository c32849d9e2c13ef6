// Books a deposit that waited for a second operator. What is booked is what was asked for: the
// approval names it, and cannot change it.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { ApprovalRequest } from "../lib/contracts/types.ts";
import { isExpired } from "../lib/domain/approval.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import type { Operator } from "../lib/domain/operation.ts";
import { canonicalUuid, isUuid } from "../lib/domain/uuid.ts";
import { InvalidRequest, NotFound, SecondOperatorNeeded } from "../lib/errors/registry.ts";
import { again, type Booked, book, type Deposit, journalOf, operationOf } from "./book-deposit.ts";
import { assertOpen, expired, type Ports } from "./deposit-funds.ts";

/**
 * Books it once, whoever approves it and however often. Throws NotFound, SecondOperatorNeeded for
 * who asked for it, and ApprovalExpired when nobody approved it in time.
 */
export const approveDeposit =
  (ports: Omit<Ports, "policies">) =>
  async (
    { subject }: Pick<Operator, "subject">,
    id: string,
    body: Record<string, unknown>,
  ): Promise<Booked> => {
    const { ledger, approvals, clock } = ports;
    const broken = violations(schemas.ApprovalRequest, body);
    const errors = [...broken, ...suspectStrings(soundMembers(body, broken))];
    if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
    const approvalId = canonicalUuid(id);
    const known = isUuid(approvalId) ? await approvals.find(approvalId) : undefined;
    if (!known) throw new NotFound("there is no such approval");
    const { approval } = known;
    if (approval.requested_by === subject)
      throw new SecondOperatorNeeded("you asked for this deposit: another operator has to approve it");
    const { approval_id, merchant_id, account_id, amount, currency, requested_by } = approval;
    const deposit: Deposit = { deposit_id: approval_id, merchant_id, account_id, amount, currency };
    const booked = await ledger.journal(journalOf(deposit).journal_id);
    if (booked) return again(ledger, deposit, booked);
    if (isExpired(approval, clock.now())) throw expired(approval);
    await assertOpen(ports, merchant_id, account_id);
    const at = new Date(clock.now()).toISOString();
    const hand = { at, by: subject, reason: (body as ApprovalRequest).reason };
    const operation = operationOf(deposit, hand, { approval_id, requested_by });
    return book(ledger, deposit, operation, { approval_id, by: subject, at });
  };
