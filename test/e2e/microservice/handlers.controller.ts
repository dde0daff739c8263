import {
  type CanActivate,
  Catch,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { Session, SessionError, Sessions } from 'nestjs-sessions';
import { EventEmitter } from 'node:events';
import { concat, defer, EMPTY, map, type Observable, of, throwError } from 'rxjs';

export type Player = Session<{ name: string; score: number; rounds: number }>;

/** What filters get to know, of events too, to which nobody listens. */
export const refusals = new EventEmitter<{ refusal: [code: string] }>();
/** An Observable that waits between two values. */
export const stage = { between: () => Promise.resolve() };

@Catch(SessionError)
export class CodeFilter {
  catch({ code }: SessionError): Observable<never> {
    refusals.emit('refusal', code);
    return throwError(() => code);
  }
}

@Injectable()
export class BonusGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.of<{ name: string }>(context).set('name', 'from a guard');
    return true;
  }
}

/** What a browser asks over HTTP. */
@Controller()
export class PlayerController {
  @Get('login')
  async login(@Session() session: Player) {
    session.set('name', 'Ada');
    await session.save();
    return session.id;
  }

  @Get('all')
  all(@Session() session: Player) {
    return session.all();
  }

  @Get('logout')
  logout(@Session() session: Player) {
    return session.destroy();
  }
}

@Controller()
@UseFilters(CodeFilter)
export class ScoreController {
  @MessagePattern('name')
  async name(@Session() session: Player) {
    return (await session.get('name')) ?? 'nobody';
  }

  @MessagePattern('name-by-key')
  nameByKey(@Session('name') name = 'nobody') {
    return name;
  }

  @MessagePattern('set')
  set(@Session() session: Player, @Payload('score') score: number) {
    session.set('score', score);
    return 'set';
  }

  @MessagePattern('update')
  update(@Session() session: Player) {
    return session.update('score', (score = 0) => score + 1);
  }

  @MessagePattern('save')
  save(@Session() session: Player, @Payload('score') score: number) {
    session.set('score', score);
    return outcomeOf(session.save());
  }

  @MessagePattern('set-and-throw')
  setAndThrow(@Session() session: Player) {
    session.set('score', 99);
    throw new SessionError('SESSION_CONFLICT', 'broken');
  }

  @MessagePattern('scores')
  scores(@Session() session: Player) {
    return concat(
      defer(() => of(this.#scored(session, 1))),
      defer(() => stage.between()).pipe(map(() => this.#scored(session, 2))),
      throwError(() => new SessionError('SESSION_CONFLICT', 'broken')),
    );
  }

  @MessagePattern('late-score')
  lateScore(@Session() session: Player) {
    return concat(
      of('the last'),
      defer(() => {
        session.set('score', 41);
        return EMPTY;
      }),
    );
  }

  @UseGuards(BonusGuard)
  @MessagePattern('guarded')
  guarded(@Session() session: Player, @Session('name') name: string) {
    session.set('score', 5);
    return name;
  }

  @UseGuards(BonusGuard)
  @MessagePattern('guard-only')
  guardOnly() {
    return 'passed';
  }

  @MessagePattern('untouched')
  untouched() {
    return 'nothing';
  }

  @MessagePattern('caught-and-set')
  async caughtAndSet(@Session() session: Player) {
    session.set('score', 1);
    await outcomeOf(session.save());
    session.set('score', 2);
    return 'set';
  }

  @MessagePattern('rotate')
  rotate(@Session() session: Player) {
    session.rotate();
    return outcomeOf(session.save());
  }

  @EventPattern('scored')
  scored(@Session() session: Player, @Payload('score') score: unknown) {
    session.set('score', Number(score));
  }

  @EventPattern('scored')
  async counted(@Session() session: Player) {
    session.set('rounds', ((await session.get('rounds')) ?? 0) + 1);
  }

  #scored(session: Player, score: number) {
    session.set('score', score);
    return score;
  }
}

/** Without a filter of its own. */
@Controller()
export class BareController {
  @MessagePattern('bare')
  bare(@Session() session: Player) {
    session.set('score', 1);
  }
}

export async function outcomeOf(saving: Promise<void>): Promise<string> {
  try {
    await saving;
    return 'saved';
  } catch (error) {
    return error instanceof SessionError ? error.code : 'another error';
  }
}
