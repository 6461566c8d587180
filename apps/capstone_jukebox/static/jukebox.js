// The page of the jukebox. Each part minds its own section of the page.

import * as catalogue from "./catalogue.js";
import { follow } from "./feed.js";
import * as people from "./people.js";
import * as playing from "./playing.js";
import * as plays from "./plays.js";
import * as queue from "./queue.js";

playing.begin();
queue.begin();
catalogue.begin();
plays.begin();
people.begin();
follow(queue.fromFeed, queue.refresh);
