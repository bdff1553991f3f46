"""The print room: what is printed of a notice, checked against the mentions that the law wants; two versions, one over the other."""
