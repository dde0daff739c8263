/** @internal */
export type Fields = Record<string, unknown>;

/**
 * Whether it has the fields of a record, each of its type.
 *
 * @internal
 */
export function isShapedAsRecord(value: Fields): boolean {
  return hasHead(value) && hasBody(value);
}

/** @internal */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasHead(value: Fields): boolean {
  return (
    typeof value.key === 'string' &&
    typeof value.revision === 'string' &&
    Array.isArray(value.recentRevisions) &&
    typeof value.createdAt === 'number' &&
    typeof value.expiresAt === 'number' &&
    typeof value.absoluteExpiresAt === 'number'
  );
}

function hasBody(value: Fields): boolean {
  switch (value.kind) {
    case 'live':
      return (
        isObject(value.data) &&
        isOptional(value.userId, 'string') &&
        isOptional(value.signedInAt, 'number') &&
        isOptional(value.visit, 'string') &&
        isOptional(value.issuedAt, 'number') &&
        isOptional(value.predecessor, 'object')
      );
    case 'marker':
      return value.successor === undefined || isObject(value.successor);
    default:
      return false;
  }
}

function isOptional(value: unknown, type: 'string' | 'number' | 'object'): boolean {
  return value === undefined || typeof value === type;
}
