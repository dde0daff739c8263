import { resolve } from 'node:path';
import ts from 'typescript';
import { compilerOptions, hostWith } from '../support/compiler-options.js';

const NO_DATA = 'Say what the session holds: Session<{ cart: Cart }>, or declare SessionData.';

/** What is refused, and what the compiler says to do instead. */
const REFUSED = [
  ["bare.set('cart', 1)", NO_DATA],
  ["bare.get('cart')", NO_DATA],
  ["bare.has('cart')", NO_DATA],
  ["bare.delete('cart')", NO_DATA],
  ["bare.take('cart')", NO_DATA],
  ["bare.update('cart', () => 1)", NO_DATA],
  ['{} as Session<{ when: Date }>', 'Store date.toISOString() or date.getTime().'],
  ['{} as Session<{ a: { b: Map<string, 1>[] } }>', 'Store Object.fromEntries(map).'],
  ['{} as Session<{ a?: Set<string> }>', 'Store [...set].'],
  ['{} as Session<{ a: bigint }>', 'JSON cannot keep this. Store a text or a number.'],
  ['{} as Session<{ a: { total(): number } }>', 'JSON cannot keep this. Store a text or a number.'],
] as const;

const files = new Map(
  REFUSED.map(([code], n) => [
    resolve(`refused-${n}.ts`),
    `import { type Session } from 'nestjs-sessions';\ndeclare const bare: Session;\nvoid (${code});`,
  ]),
);
const program = ts.createProgram([...files.keys()], compilerOptions(), hostWith(files));

describe('The compiler', () => {
  it.each(REFUSED.map(([code, remedy], n) => ({ code, remedy, n })))(
    'refuses $code, and says: $remedy',
    ({ remedy, n }) => {
      const source = program.getSourceFile(resolve(`refused-${n}.ts`));
      const [problem, ...others] = ts.getPreEmitDiagnostics(program, source);

      expect(ts.flattenDiagnosticMessageText(problem?.messageText, '\n')).toContain(remedy);
      expect(others).toEqual([]);
    },
  );
});
