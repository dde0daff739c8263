/** True for one type under two names only: neither wider, nor narrower, nor `any`. */
type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** States the type of an expression: `typeOf(1 + 1).is<number>(true)` compiles, `.is<string>(true)` does not. */
export declare function typeOf<Actual>(expression: Actual): {
  is<Expected>(same: Same<Actual, Expected>): void;
};
