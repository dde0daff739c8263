import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

type Account = Session<Record<string, unknown>>;

/** What happens to a slow request between its load and its end. */
export const script = { meanwhile: async (): Promise<void> => {} };

@Controller()
export class AccountController {
  @Get('who')
  async who(@Session() session: Account) {
    const { userId = null } = await session.load();
    return { userId, note: (await session.get('note')) ?? null };
  }

  @Get('note/:text')
  note(@Session() session: Account, @Param('text') text: string) {
    session.set('note', text);
  }

  @Get('forget')
  forget(@Session() session: Account) {
    session.delete('note');
  }

  @Get('clear')
  clear(@Session() session: Account) {
    session.clear();
  }

  @Get('take')
  async take(@Session() session: Account) {
    return { taken: await session.take('note') };
  }

  @Get('login/:user')
  login(@Session() session: Account, @Param('user') user: string) {
    session.rotate();
    session.userId = user;
  }

  @Get('logout')
  async logout(@Session() session: Account) {
    await session.destroy();
  }

  @Get('slow/who')
  async slowWho(@Session() session: Account) {
    await session.load();
    await script.meanwhile();
    return this.who(session);
  }

  @Get('slow/note')
  async slowNote(@Session() session: Account) {
    await session.load();
    await script.meanwhile();
    session.set('note', 'slow');
  }

  @Get('slow/login')
  async slowLogin(@Session() session: Account) {
    await session.load();
    await script.meanwhile();
    this.login(session, 'slow');
  }

  @Get('slow/update')
  async slowUpdate(@Session() session: Account) {
    await session.load();
    await script.meanwhile();
    return session.update('note', () => 'slow');
  }

  @Post('all')
  setAll(@Session() session: Account, @Body() values: Readonly<Record<string, unknown>>) {
    for (const [key, value] of Object.entries(values)) session.set(key, value);
  }

  @Get('all')
  all(@Session() session: Account) {
    return session.all();
  }
}
