let sent = 0;

/** How many commands this process has sent to its store; what a script does inside of the store is not counted. */
export function commandsSent(): number {
  return sent;
}

export function countCommand(): void {
  sent++;
}

/** Has every call of a method count as a command, for all clients of the same class. */
export function countCalls(client: object, method: string): void {
  const owner = ownerOf(client, method);
  const inner = Reflect.get(owner, method) as (...args: unknown[]) => unknown;
  Reflect.set(owner, method, function (this: unknown, ...args: unknown[]) {
    countCommand();
    return inner.apply(this, args);
  });
}

/** Clients may be derived from others that do the work. */
function ownerOf(client: object, method: string): object {
  if (Object.hasOwn(client, method)) return client;
  return ownerOf(Object.getPrototypeOf(client) as object, method);
}
