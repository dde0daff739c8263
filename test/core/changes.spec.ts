import * as fc from 'fast-check';
import { Changes } from '../../lib/core/session/changes.js';

type Data = Record<string, unknown>;
type Step =
  | { do: 'set'; key: string; value: unknown }
  | { do: 'enter'; key: string; name: string; value: unknown }
  | { do: 'delete'; key: string }
  | { do: 'clear' };

const RESERVED = '@sessions/mine';
const keys = fc.constantFrom('a', 'b', 'c', 'constructor', 'toString', '', RESERVED);
/** Under these keys are objects, or nothing. */
const entryKeys = fc.constantFrom('@sessions/one', '@sessions/other');
const names = fc.constantFrom('x', 'y', 'z');
const values = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), key: keys, value: values }),
    fc.record({
      do: fc.constant('enter' as const),
      key: entryKeys,
      name: names,
      value: values,
    }),
    fc.record({ do: fc.constant('delete' as const), key: fc.oneof(keys, entryKeys) }),
    fc.constant({ do: 'clear' as const }),
  ),
  { maxLength: 8 },
);
/** Objects as JSON has them, whose prototype is Object's. */
const entries = fc.dictionary(names, values, { noNullPrototype: true });
const data = fc
  .tuple(fc.dictionary(keys, values), fc.dictionary(entryKeys, entries))
  .map(([one, other]): Data => ({ ...one, ...other }));

function changesOf(script: readonly Step[]): Changes {
  const changes = new Changes();
  for (const step of script) {
    if (step.do === 'set') changes.set(step.key, step.value);
    else if (step.do === 'enter') changes.setEntry(step.key, step.name, step.value);
    else if (step.do === 'delete') changes.delete(step.key);
    else changes.clear();
  }
  return changes;
}

/** What the steps mean, done one by one to a plain map. */
function done(before: Data, script: readonly Step[]): Data {
  const map = new Map(Object.entries(before));
  for (const step of script) {
    if (step.do === 'set') map.set(step.key, step.value);
    else if (step.do === 'enter') {
      map.set(step.key, { ...(map.get(step.key) as Data), [step.name]: step.value });
    } else if (step.do === 'delete') map.delete(step.key);
    else for (const key of map.keys()) if (!key.startsWith('@sessions/')) map.delete(key);
  }
  return Object.fromEntries(map);
}

describe('Changes', () => {
  it('applied to any data are the steps done one by one', () => {
    fc.assert(
      fc.property(data, steps, (before, script) => {
        expect(changesOf(script).dataIn(before)).toEqual(done(before, script));
      }),
    );
  });

  it('change no key that no step names, unless a step clears', () => {
    fc.assert(
      fc.property(data, steps, (before, script) => {
        fc.pre(!script.some((step) => step.do === 'clear'));
        const named = new Set(script.map((step) => (step as { key: string }).key));
        const others = Object.entries(before).filter(([key]) => !named.has(key));
        expect(changesOf(script).dataIn(before)).toMatchObject(Object.fromEntries(others));
      }),
    );
  });

  it('of two requests with different keys come out the same in either order', () => {
    fc.assert(
      fc.property(data, values, values, (before, one, other) => {
        const a = changesOf([{ do: 'set', key: 'a', value: one }]);
        const b = changesOf([{ do: 'set', key: 'b', value: other }]);
        expect(a.dataIn(b.dataIn(before))).toEqual(b.dataIn(a.dataIn(before)));
      }),
    );
  });

  it('of two requests that enter into one object leave what both entered', () => {
    fc.assert(
      fc.property(data, values, values, (before, one, other) => {
        const key = '@sessions/one';
        const a = changesOf([{ do: 'enter', key, name: 'x', value: one }]);
        const b = changesOf([{ do: 'enter', key, name: 'y', value: other }]);
        expect(a.dataIn(b.dataIn(before))).toEqual(b.dataIn(a.dataIn(before)));
      }),
    );
  });

  it('followed by others mean both, in order', () => {
    fc.assert(
      fc.property(data, steps, steps, (before, first, second) => {
        const both = changesOf(first).followedBy(changesOf(second));
        expect(both.dataIn(before)).toEqual(done(done(before, first), second));
      }),
    );
  });

  it('applied a second time change nothing more', () => {
    fc.assert(
      fc.property(data, steps, (before, script) => {
        const changes = changesOf(script);
        expect(changes.alters({ data: changes.dataIn(before) })).toBe(false);
      }),
    );
  });

  it('know whether they make a difference', () => {
    fc.assert(
      fc.property(data, steps, (before, script) => {
        const changes = changesOf(script);
        const isSame =
          JSON.stringify(sorted(changes.dataIn(before))) === JSON.stringify(sorted(before));
        expect(changes.alters({ data: before })).toBe(!isSame);
      }),
    );
  });

  it('read a key as it will be', () => {
    fc.assert(
      fc.property(data, steps, keys, (before, script, key) => {
        const after = new Map(Object.entries(done(before, script)));
        expect(changesOf(script).valueIn(before, key)).toEqual(after.get(key));
      }),
    );
  });
});

function sorted(object: Data): [string, unknown][] {
  return Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
}
