export { actFact, operatorAct, type Act, type Acting, type ActingContext } from './operator-act.js';
export {
  OperatorWrites,
  operatorWritesOf,
  type FreshReply,
  type OperatorCall,
  type Performed,
  type Written,
} from './operator-writes.js';
