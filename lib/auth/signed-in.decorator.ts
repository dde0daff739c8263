import { UseGuards } from '@nestjs/common';
import { SessionAuthGuard } from './session-auth.guard.js';

/**
 * Requires a signed-in user on a route, or on all routes of a controller. Same as `@UseGuards(SessionAuthGuard)`.
 *
 * @publicApi
 */
export const SignedIn = (): ClassDecorator & MethodDecorator => UseGuards(SessionAuthGuard);
