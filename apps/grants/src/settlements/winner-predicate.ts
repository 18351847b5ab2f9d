export { lowestRank, wins, type Judged } from '@kraty/contracts/grants';
