META
key;value
description;Few projects
country;Poland
unit;Sample
instance;2026
num_projects;8
num_votes;20
budget;800
vote_type;approval
rule;greedy
max_length;4
PROJECTS
project_id;cost;name
1;147;Project 1
2;194;Project 2
3;151;Project 3
4;198;Project 4
5;155;Project 5
6;202;Project 6
7;249;Project 7
8;206;Project 8
VOTES
voter_id;vote
1;2
2;6
3;3,5
4;1,5
5;6,7
6;4,5,6,7
7;1,7,8
8;3,4,8
9;2,3,5,6
10;1,2
11;2,3,5
12;3,4,7
13;3,4,6
14;6,7
15;3,4,7,8
16;3,4,8
17;2,3,6,8
18;5,7
19;3,5,6,8
20;2,4,5,6
