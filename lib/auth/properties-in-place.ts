import { valueUnsupported } from '../core/errors/session-errors.js';
import type { ValuesInPlace } from '../core/session/values-in-place.js';

/** The JSON of a value; undefined if JSON omits the value. */
type Text = string | undefined;

/** No value has this as its JSON, so it differs from all. */
const UNSTORABLE = '';

/**
 * The properties of an object, compared as JSON in order to detect nested changes too.
 *
 * @internal
 */
export class PropertiesInPlace implements ValuesInPlace {
  readonly #object: object;
  readonly #recorded: Map<string, Text>;
  readonly #keep: (key: string, value: unknown) => void;

  constructor(object: object, values: object, keep: (key: string, value: unknown) => void) {
    this.#object = object;
    this.#recorded = new Map(Object.entries(values).map(([key, value]) => [key, textOf(value)]));
    this.#keep = keep;
  }

  get areChanged(): boolean {
    return !this.#changed().next().done;
  }

  record(): void {
    for (const [key, text] of this.#changed()) {
      if (text === UNSTORABLE) {
        throw valueUnsupported(
          key,
          'a BigInt or a reference back to what contains it',
          'Store data only.',
        );
      }
      this.#recorded.set(key, text);
      this.#keep(key, text && JSON.parse(text));
    }
  }

  *#changed(): Generator<[key: string, text: Text]> {
    const present = Object.entries(this.#object);
    const absent = [...this.#recorded.keys()].filter((key) => !Object.hasOwn(this.#object, key));
    for (const [key, value] of [...present, ...absent.map((key) => [key, undefined] as const)]) {
      const text = textOf(value);
      if (text !== this.#recorded.get(key)) yield [key, text];
    }
  }
}

function textOf(value: unknown): Text {
  try {
    return JSON.stringify(value);
  } catch {
    return UNSTORABLE;
  }
}
