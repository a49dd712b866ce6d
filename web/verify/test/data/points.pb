META
key;value
description;Points
country;Poland
unit;Sample
instance;2026
num_projects;12
num_votes;10
budget;900
vote_type;cumulative
rule;greedy
max_sum_points;10
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
9;253;Project 9
10;210;Project 10
11;257;Project 11
12;304;Project 12
VOTES
voter_id;vote;points
1;12;4
2;1,12;2,4
3;7,10,11,12;1,1,1,1
4;3,4,6,8;3,2,1,2
5;5,6,9;1,6,1
6;1,6,8,9;1,1,2,1
7;5,10;3,1
8;3,10,11,12;2,1,1,1
9;4,6,11;1,3,1
10;2,3,7;3,3,2
