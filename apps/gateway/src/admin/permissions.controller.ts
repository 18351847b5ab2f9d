import { Controller, Get, Res } from '@nestjs/common';
import { permissionMatrix } from '@kraty/contracts/identity';
import { sendData } from '../http/replies.js';
import type { FastifyReply } from '../http/request-context.js';
import { ByOperator } from './operator-access.js';

/** Who may do what: the matrix of 04 §3, the same that identity decides by. */
@Controller('admin/v1/permissions')
export class PermissionsController {
  @Get()
  @ByOperator()
  read(@Res() reply: FastifyReply): void {
    sendData(reply, permissionMatrix());
  }
}
