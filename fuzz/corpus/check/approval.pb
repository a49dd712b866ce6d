META
key;value
num_projects;2
num_votes;3
budget;10
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;votes;name;selected
1;5;2;Park;1
2;6.50;2;"Road; east";0
VOTES
voter_id;vote;age
a;1,2;30
b;;41
c;"2, 1";
