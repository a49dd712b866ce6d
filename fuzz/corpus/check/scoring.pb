 meta 
key;value;
comment;"two
lines ""quoted""";;
comment;ż; more
num_projects;1
num_votes;2
budget;1,5
vote_type;scoring
min_project_score_threshold;2

projects
project_id;cost;name
p;1;"Green" town
;;
Votes
voter_id;points;vote
1;-3;p
2;2,2;p,p
