import { Controller } from '@nestjs/common';
import {
  createStudio,
  deleteStudio,
  listStudios,
  readStudio,
  updateStudio,
  type Operator,
} from '@kraty/contracts/identity';
import { HandleRequest } from '@kraty/platform/messaging';
import { StudiosService } from './studios.service.js';

@Controller()
export class StudiosHandler {
  constructor(private readonly studios: StudiosService) {}

  @HandleRequest(listStudios)
  list({ operator }: { operator: Operator }) {
    return this.studios.list(operator);
  }

  @HandleRequest(createStudio)
  create({ operator, name, slug }: { operator: Operator; name: string; slug: string }) {
    return this.studios.create(operator, name, slug);
  }

  @HandleRequest(readStudio)
  read({ operator, studioId }: { operator: Operator; studioId: string }) {
    return this.studios.read(operator, studioId);
  }

  @HandleRequest(updateStudio)
  update({ operator, studioId, name, slug }: { operator: Operator; studioId: string; name?: string; slug?: string }) {
    return this.studios.update(operator, studioId, { name, slug });
  }

  @HandleRequest(deleteStudio)
  async delete({ operator, studioId }: { operator: Operator; studioId: string }) {
    await this.studios.delete(operator, studioId);
    return {};
  }
}
