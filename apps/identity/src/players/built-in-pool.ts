const adjectives = [
  'Amber', 'Agile', 'Ancient', 'Autumn', 'Bold', 'Brave', 'Bright', 'Brisk', 'Calm', 'Careful', 'Cheerful', 'Clever',
  'Cloudy', 'Copper', 'Cosmic', 'Curious', 'Daring', 'Distant', 'Eager', 'Early', 'Emerald', 'Fearless', 'Fleet', 'Frosty',
  'Gentle', 'Gilded', 'Golden', 'Happy', 'Hardy', 'Hidden', 'Humble', 'Ivory', 'Jolly', 'Keen', 'Kind', 'Lively',
  'Loyal', 'Lucky', 'Lunar', 'Mellow', 'Merry', 'Misty', 'Modest', 'Nimble', 'Noble', 'Patient', 'Playful', 'Polar',
  'Proud', 'Quick', 'Quiet', 'Rapid', 'Royal', 'Rustic', 'Silent', 'Silver', 'Smooth', 'Solar', 'Steady', 'Sunny',
  'Swift', 'Tidal', 'Velvet', 'Wandering',
] as const;

const animals = [
  'Albatross', 'Badger', 'Beaver', 'Bison', 'Bobcat', 'Buffalo', 'Caribou', 'Cheetah', 'Condor', 'Cougar', 'Coyote', 'Crane',
  'Curlew', 'Dolphin', 'Dragonfly', 'Eagle', 'Egret', 'Falcon', 'Finch', 'Fox', 'Gazelle', 'Gecko', 'Gull', 'Hare',
  'Hawk', 'Hedgehog', 'Heron', 'Ibex', 'Ibis', 'Jaguar', 'Kestrel', 'Kingfisher', 'Koala', 'Lark', 'Lemur', 'Lynx',
  'Magpie', 'Marlin', 'Marmot', 'Marten', 'Moose', 'Narwhal', 'Ocelot', 'Orca', 'Oriole', 'Osprey', 'Otter', 'Owl',
  'Panther', 'Pelican', 'Penguin', 'Puffin', 'Quail', 'Raven', 'Robin', 'Salmon', 'Seal', 'Sparrow', 'Stork', 'Swan',
  'Tapir', 'Tern', 'Turtle', 'Wolf',
] as const;

/** Neutral names for players and bots of games without a pool of their own (10 §3.1). */
export const builtInPool: readonly string[] = adjectives.flatMap((adjective) =>
  animals.map((animal) => `${adjective} ${animal}`),
);
