import { UseGuards } from '@nestjs/common';
import { SessionAuthGuard } from './session-auth.guard.js';

/**
 * Lets in who is signed in: a route, or all routes of a controller. The same as `@UseGuards(SessionAuthGuard)`.
 *
 * @publicApi
 */
export const SignedIn = (): ClassDecorator & MethodDecorator => UseGuards(SessionAuthGuard);
