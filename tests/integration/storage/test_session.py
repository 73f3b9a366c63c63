from sqlalchemy import text


def test_works(database):
    with database.transaction() as s:
        assert s.execute(text("select 1")).scalar() == 1
    with database.reading() as s:
        assert s.execute(text("select 1")).scalar() == 1
