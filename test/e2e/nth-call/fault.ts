export const faultKinds = {
  'fails before its effect': { hasEffect: false, isAnswered: true },
  'fails after its effect': { hasEffect: true, isAnswered: true },
  'is never answered and has no effect': { hasEffect: false, isAnswered: false },
  'is never answered and has its effect': { hasEffect: true, isAnswered: false },
} as const;

/** What goes wrong with the n-th store call of a request, counted from 1, and with those after it if that lasts. */
export interface Fault {
  readonly n: number;
  readonly kind: keyof typeof faultKinds;
  readonly isLasting: boolean;
}

/** Every way in which one call can go wrong. */
export const faults: readonly Omit<Fault, 'n'>[] = Object.keys(faultKinds).flatMap((kind) =>
  [false, true].map((isLasting) => ({ kind: kind as Fault['kind'], isLasting })),
);
