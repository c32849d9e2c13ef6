// Which merchants live in this cell.
export interface Admissions {
  /** True once the merchant was admitted, and then for ever: nobody moves. */
  admits(merchantId: string): Promise<boolean>;
}
