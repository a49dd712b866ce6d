META
key;value
unit;Jaworogród
subunit;Brzozowo
language;pl
PROJECTS
project_id;cost;name;category;target;description;latitude;longitude
1;5;Park;sport, culture;children;"Nowe; drzewa";50.05;19.1
2;5;Most;;;;0;0
VOTES
voter_id;vote
