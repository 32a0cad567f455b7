/** What runs in the thread that builds new segments: searches wait for it, so it does nothing else. */
import { buildSegment } from './index/build-segment.ts';

export default buildSegment;
