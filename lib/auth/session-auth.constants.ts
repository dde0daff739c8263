/** @internal */
export const SESSION_AUTH_SETTINGS = Symbol('nestjs-sessions/auth');

/** @internal */
export interface SessionAuthSettings {
  readonly redirectTo: string | undefined;
}
