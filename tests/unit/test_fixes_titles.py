"""What several repairs are called as one."""

from hypershape.fixes.titles import in_one


def test_several_repairs_have_one_title_in_which_equal_ones_stand_once() -> None:
    assert in_one(["Lower the maximum of kernel to 5", "Drop 4 from pool"]) == (
        "Lower the maximum of kernel to 5 and drop 4 from pool"
    )
    assert in_one(["Give pool_size=2"] * 3) == "Give pool_size=2"
