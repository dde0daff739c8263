/**
 * The same object, and all within it, with a call after each change to it: which of its own keys has another value.
 *
 * @internal
 */
export function watched<T extends object>(object: T, onChange: (key: string) => void): T {
  return new Proxy(object, {
    get(target, key): unknown {
      const value: unknown = Reflect.get(target, key);
      // A list changes itself by its methods, and each step of that is to be seen.
      if (typeof value === 'function' && !Array.isArray(target))
        return value.bind(target) as unknown;
      if (typeof value !== 'object' || value === null) return value;
      return watched(value, () => onChange(String(key)));
    },
    set(target, key, value) {
      const isSet = Reflect.set(target, key, value);
      onChange(String(key));
      return isSet;
    },
    deleteProperty(target, key) {
      const isDeleted = Reflect.deleteProperty(target, key);
      onChange(String(key));
      return isDeleted;
    },
  });
}
