import { Observable } from 'rxjs';

/**
 * Emits the values of a source, and holds back the last one until the promise for it resolves. A rejection replaces the
 * value. An empty source completes without calling `until`.
 *
 * A single observable, since `endWith`, `pairwise` and `concatMap` leave eight kilobytes of garbage per request.
 *
 * @internal
 */
export function holdLast<T>(
  source: Observable<T>,
  until: (last: T) => Promise<unknown> | undefined,
): Observable<T> {
  return new Observable((subscriber) => {
    let held: { readonly value: T } | undefined;
    const release = (): void => {
      if (held) subscriber.next(held.value);
      subscriber.complete();
    };
    const fail = (error: unknown): void => subscriber.error(error);
    return source.subscribe({
      next: (value) => {
        if (held) subscriber.next(held.value);
        held = { value };
      },
      error: fail,
      complete: () => {
        try {
          const pending = held && until(held.value);
          if (pending) pending.then(release, fail);
          else release();
        } catch (error) {
          fail(error);
        }
      },
    });
  });
}
