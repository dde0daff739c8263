import { Controller, DefaultValuePipe, Get, Param, Put } from '@nestjs/common';
import { Session } from 'nestjs-sessions';

interface Visitor {
  language: string;
}

@Controller()
export class LanguageController {
  /** One value of the session, with a pipe, where that is all a handler needs. */
  @Get()
  greet(@Session('language', new DefaultValuePipe('en')) language: string) {
    return { greeting: language === 'fr' ? 'Bonjour' : 'Hello' };
  }

  @Put('language/:language')
  choose(@Session() session: Session<Visitor>, @Param('language') language: string) {
    session.set('language', language);
    return { language };
  }
}
