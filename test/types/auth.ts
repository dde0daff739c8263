/* Compiled, never run: see session.ts. */
import { Controller, Get } from '@nestjs/common';
import { type Session, Sessions } from 'nestjs-sessions';
import {
  csrfToken,
  CurrentUser,
  PermissionLoader,
  RequirePermission,
  SessionAuthModule,
  SignedIn,
  signIn,
  UserLoader,
} from 'nestjs-sessions/auth';

interface User {
  readonly id: string;
  readonly name: string;
}

class Users extends UserLoader<User> {
  constructor(readonly sessions?: Sessions) {
    super();
  }

  override async load(userId: string): Promise<User | undefined> {
    return { id: userId, name: userId };
  }

  override stampOf({ name }: User): string {
    return name;
  }
}

class Permissions extends PermissionLoader<User> {
  override permissionsOf({ name }: User): readonly string[] {
    return [name];
  }
}

declare const session: Session<{ cart: string[] }>;
declare const bare: Session;
declare const ann: User;

export async function signingIn() {
  await signIn(session, 'ann');
  await signIn(bare, ann, { credentialsStamp: 'x', remember: '30d' });
  await csrfToken(session);

  // @ts-expect-error -- ids are texts
  await signIn(session, { id: 1 });
  // @ts-expect-error -- no such option
  await signIn(session, 'ann', { rememberMe: true });
}

export function modules(sessions: Sessions) {
  SessionAuthModule.forRoot({ users: Users, permissions: new Permissions(), redirectTo: '/' });
  SessionAuthModule.forRoot({
    users: { useFactory: (all: Sessions) => new Users(all), inject: [Sessions] },
  });

  // @ts-expect-error -- it cannot do without users
  SessionAuthModule.forRoot({});
  // @ts-expect-error -- no loader of users
  SessionAuthModule.forRoot({ users: Permissions });
  return sessions;
}

@Controller()
@SignedIn()
@RequirePermission('admin')
export class OrdersController {
  @Get()
  @RequirePermission('orders.read', 'orders.list')
  list(@CurrentUser() user: User) {
    return user.name;
  }

  // @ts-expect-error -- which permission
  @RequirePermission()
  @Get('none')
  none() {}
}
