META
key;value
description;Too few ballots
country;Poland
unit;Sample
instance;2026
num_projects;4
num_votes;3
budget;300
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;name
1;147;Project 1
2;194;Project 2
3;151;Project 3
4;198;Project 4
VOTES
voter_id;vote
1;3
2;1,4
3;3,4
