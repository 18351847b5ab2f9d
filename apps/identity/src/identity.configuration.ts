import { IsEmail, MaxLength, MinLength } from 'class-validator';
import { ServiceConfiguration, Variable } from '@kraty/platform/configuration';

/** What the identity service is told by its environment. */
export class IdentityConfiguration extends ServiceConfiguration {
  @Variable('BOOTSTRAP_ADMIN_EMAIL', {
    description: 'Email of the first operator; with the password it makes the first start need no token.',
    optional: true,
  })
  @IsEmail({ require_tld: false }, { message: 'must be an email' })
  @MaxLength(254)
  bootstrapAdminEmail?: string;

  @Variable('BOOTSTRAP_ADMIN_PASSWORD', {
    description: 'Password of the first operator, 12 to 128 characters; ignored once an operator exists.',
    optional: true,
    secret: true,
  })
  @MinLength(12)
  @MaxLength(128)
  bootstrapAdminPassword?: string;
}
